"""The states of services and deployments (modelarts-v2.md, section 7)."""

INIT = "INIT"
DEPLOYING = "DEPLOYING"
RUNNING = "RUNNING"
CONCERNING = "CONCERNING"
UPGRADING = "UPGRADING"
RESTARTING = "RESTARTING"
INTERRUPTING = "INTERRUPTING"
STOPPING = "STOPPING"
STOPPED = "STOPPED"
FAILED = "FAILED"
ERROR = "ERROR"
DELETING = "DELETING"
DELETED = "DELETED"

SERVING = (RUNNING, CONCERNING, UPGRADING)
"""Where requests are answered: a roll-out leaves the former version at work."""

BROKEN = (FAILED, ERROR)
AT_REST = (INIT, RUNNING, CONCERNING, STOPPED, *BROKEN)
"""What lasts, as far as anybody knows: one that no page names does not."""

GOING = (DELETING, DELETED)
