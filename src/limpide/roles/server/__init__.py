"""The public server: it receives signed entries, promises their inclusion, keeps the log and publishes.

Two processes over one record folder. *Intake* owns the sequencer: it answers HTTP, judges, makes durable,
integrates. *The publisher* follows the log like any reader, makes the files, and posts its ``publication`` as
any signer does, so that publishing never blocks intake. The *supervisor* starts both and stops both.
"""
