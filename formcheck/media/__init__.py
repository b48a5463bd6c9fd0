"""Videos, cameras and drawing: FFmpeg and OpenCV windows live here alone."""
