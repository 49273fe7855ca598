"""Outputs that take results as they are, and numbers that go there without a look at limits."""
# Numbers up to it are published as they are: no limit is as short as their text.
MOST_PLAIN = 1 << 53
_numbers = frozenset((int, float))


def bare_output(links):
    """Link id of the output of a graph that has but one, if it takes results as they are; else None."""
    if len(links) != 1:
        return None
    [link] = links
    is_bare = link['func'] is None and link['param_no'] is None and not link['tag_param_no']
    return str(link['id']) if is_bare else None
