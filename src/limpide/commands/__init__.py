"""What people type: each file is one role, each function one verb. Sentences: ``cli`` in the catalogue."""
