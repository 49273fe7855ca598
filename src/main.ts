// The engine role loads nothing of the server: it is a child with a memory of its own.
const engineAt = process.argv.indexOf("--engine");
if (engineAt > 0) {
	const { runEngine } = await import("./esm/python/engine.ts");
	await runEngine(process.argv[engineAt + 1] ?? "");
} else {
	const { runCli } = await import("./cli/cli.ts");
	process.exitCode = await runCli(process.argv.slice(2));
}
