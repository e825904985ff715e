"""What happened: the events of an election, who may add them and when. No input or output, no clock."""
