"""What can go wrong with a service, in words for the person who starts Kith."""


class ServiceFailed(RuntimeError):
    """A service cannot start or go on; the message says why and what to do."""


class StillRecovering(Exception):
    """A program says that it is putting its data in order after a crash; ending it would lose what that has done."""
