"""One input of a graph: steps 3 to 5 of csm.md 5.1."""


class Idf:
    """An input: where its last value and the slot the join reads are kept."""

    def __init__(self):
        self.slot = None
        self.previous = None

    def configure(self, spec):
        self.function = functions[spec['func']] if spec['func'] is not None else None
        self.run = self.function.run if self.function is not None else None
        self.param_no = spec['param_no']
        self.tag_param_no = spec['tag_param_no']
        kinds = spec['input_type']
        self.all_variant = kinds == 'variant'
        self.variants = kinds if isinstance(kinds, list) and 'variant' in kinds else None
        is_plain = not self.tag_param_no and not self.all_variant and self.variants is None
        self.takes_all = is_plain and self.param_no is None
        # All there is to do is to look at how many values there are.
        self.counts_only = is_plain and self.param_no is not None

    def split(self, values):
        """Data and tags of one message; None when the length rule drops it."""
        count = len(values) - self.tag_param_no
        if count < 0 or (self.param_no is not None and count != self.param_no):
            return None
        return values[:count], values[count:]

    def differences(self, data):
        """Step 5: variant parameters become new minus previous, or all pass raw if that fails."""
        previous, self.previous = self.previous, data
        if previous is None:
            return data
        try:
            return [
                value - previous[index] if self.is_variant(index) else value
                for index, value in enumerate(data)
            ]
        except Exception:
            return data

    def is_variant(self, index):
        if self.all_variant:
            return True
        return index < len(self.variants) and self.variants[index] == 'variant'
