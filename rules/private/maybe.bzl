"""How a WORKSPACE declares what may be declared already."""

def maybe(repository_rule, name, **kwargs):
    """Declares a repository unless there is one of that name.

    Args:
      repository_rule: the rule.
      name: of the repository.
      **kwargs: attributes of the rule.
    """
    if not native.existing_rule(name):
        repository_rule(name = name, **kwargs)
