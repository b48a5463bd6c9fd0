"""What finds the numbers that ship: of the arch, of calibration, of the hip's centre, of the views."""
