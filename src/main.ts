// The engine role loads nothing of the server: it is a child with a memory of its own.
if (process.argv.includes("--engine")) {
	const { runEngine } = await import("./esm/python/engine.ts");
	runEngine();
} else {
	const { runCli } = await import("./cli/cli.ts");
	process.exitCode = await runCli(process.argv.slice(2));
}
