"""Runs the corpus in the machine's own python3: reads cases as JSON, writes each call's result."""
import json
import sys

results = []
for case in json.load(sys.stdin):
    namespace = {}
    exec(compile(case['code'], '<case>', 'exec'), namespace)
    outputs = []
    for arguments in case['calls']:
        try:
            outputs.append(json.dumps(namespace['run'](*arguments)))
        except Exception as error:
            outputs.append('raised ' + type(error).__name__)
    results.append(outputs)
json.dump(results, sys.stdout)
