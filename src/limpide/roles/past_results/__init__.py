"""What did real stations report in a past election? Files of published results become one neutral value.

`reading` is the door; `layouts` knows how each publisher writes a row; `sheet` finds columns and refuses what
is doubtful; `text` turns bytes into lines; `election` holds the value.
"""
