"""Who does it: one module for each role, and the only room that reads and writes outside the process."""
