// The machine's Python as the judge of sources: what CSM's engine would make of them.

/** One source to run: helpers are reachable as `iot.<alias>`, as CSM has it (`csm.md §5.3`). */
export interface PythonCase {
	readonly code: string;
	readonly helpers?: Readonly<Record<string, string>>;
	/** Arguments of each call; globals live from call to call. */
	readonly calls: readonly (readonly unknown[])[];
}

const HARNESS = `
import json, sys, types
def load(code, iot):
    scope = {'iot': iot}
    exec(compile(code, '<f>', 'exec'), scope)
    return scope['run']
out = []
for case in json.load(sys.stdin):
    iot = types.SimpleNamespace()
    for alias, code in case.get('helpers', {}).items():
        setattr(iot, alias, load(code, types.SimpleNamespace()))
    try:
        run = load(case['code'], iot)
    except Exception as error:
        out.append({'refused': repr(error)})
        continue
    results = []
    for args in case['calls']:
        try:
            results.append(run(*args))
        except Exception as error:
            results.append({'error': type(error).__name__})
    out.append(results)
json.dump(out, sys.stdout)
`;

/** What each call gives, or `{error}`; for a source that does not compile one object with `refused`. */
export function runPython(cases: readonly PythonCase[]): unknown[] {
	const { stdout, stderr, exitCode } = Bun.spawnSync(["/usr/bin/python3", "-c", HARNESS], {
		stdin: Buffer.from(JSON.stringify(cases)),
	});
	if (exitCode !== 0) throw new Error(stderr.toString());
	return JSON.parse(stdout.toString());
}
