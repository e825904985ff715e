"""How it looks: pages in French and English, made of a record's figures and of nothing else. No input or output."""
