"""The person as arrays: landmarks, joints, measures, the arch of the back. It knows no video."""
