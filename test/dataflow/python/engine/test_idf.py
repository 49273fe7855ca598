import unittest

from parts import idf, new_engine


def configured(**fields):
    """An input as a graph has it."""
    link = new_engine().Idf()
    link.configure(idf(1, **fields))
    return link


class Split(unittest.TestCase):
    def test_data_and_tags_by_count(self):
        for fields, values, wanted in (
            ({}, [1, 2], ([1, 2], [])), ({'tag_param_no': 1}, [1, 2], ([1], [2])),
            ({'param_no': 1, 'tag_param_no': 1}, [1, 2], ([1], [2])), ({'tag_param_no': 2}, [1, 2], ([], [1, 2])),
            ({'tag_param_no': 3}, [1, 2], None), ({'param_no': 1}, [1, 2], None), ({'param_no': 0}, [], ([], [])),
        ):
            with self.subTest((fields, values)):
                link = configured(**fields)
                parts = (values, []) if link.takes_all else link.split(values)
                self.assertEqual(parts, wanted)


class Differences(unittest.TestCase):
    def test_each_variant_parameter_is_new_minus_previous(self):
        link = configured(input_type=['variant', 'sample'])
        self.assertEqual([link.differences(data) for data in ([10, 5], [13, 6], [20, 7])], [[10, 5], [3, 6], [7, 7]])

    def test_a_failure_lets_all_pass_raw_and_the_previous_is_always_the_last(self):
        link = configured(input_type='variant')
        messages = ([1, 1], ['a', 2], [3, 3], [5, 4, 9], [6, 6])
        wanted = [[1, 1], ['a', 2], [3, 3], [5, 4, 9], [1, 2]]
        self.assertEqual([link.differences(data) for data in messages], wanted)

    def test_entries_that_are_missing_mean_sample(self):
        link = configured(input_type=['variant'])
        link.differences([1, 1])
        self.assertEqual(link.differences([5, 5]), [4, 5])

    def test_a_list_without_variant_needs_no_differences(self):
        link = configured(input_type=['sample', 'sample'])
        self.assertTrue(link.takes_all)
