import unittest

from parts import new_engine, odf


class Bare(unittest.TestCase):
    def test_a_lone_output_without_function_and_parameters_takes_results_as_they_are(self):
        bare_output = new_engine().bare_output
        self.assertEqual(bare_output([odf(7)]), '7')
        for links in ([], [odf(7), odf(8)], [odf(7, func=1)], [odf(7, param_no=1)], [odf(7, tag_param_no=1)]):
            with self.subTest(links):
                self.assertIsNone(bare_output(links))
