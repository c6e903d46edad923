"""Whether a speed target is met. Said in the output of every run; what is far off fails.

The same program on the same shared machine measures up to twice apart from run to run, so a test
that failed at the very target would say more about the neighbours than about a change. A change
that makes it three times worse turns a test red; whether the target itself is met stands in the
line that each benchmark prints, with the word "missed" where it is not.
"""

SLACK = 3.0


def judged(reached: float, target: float, *, at_most: bool = False) -> str:
    """ "target 8: met" or "target 8: missed"; `at_most` for times, where less is better."""
    good = reached <= target if at_most else reached >= target
    return f"target {target:g}: {'met' if good else 'missed'}"


def is_near(reached: float, target: float, *, at_most: bool = False) -> bool:
    """Whether it is within the slack of the target; what is not is a change for the worse."""
    return reached <= target * SLACK if at_most else reached >= target / SLACK
