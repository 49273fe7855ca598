/**
 * Waits for SIGINT or SIGTERM. A second one ends the process at once, for a stop that takes its time.
 */
export function untilAskedToStop(): Promise<NodeJS.Signals> {
	const { promise, resolve } = Promise.withResolvers<NodeJS.Signals>();
	let asked = false;
	const onSignal = (signal: NodeJS.Signals) => {
		if (asked) process.exit(1);
		asked = true;
		resolve(signal);
	};
	process.on("SIGINT", onSignal);
	process.on("SIGTERM", onSignal);
	return promise;
}

/** Calls back at each SIGHUP, which asks a daemon to read its configuration again. */
export function onReloadAsked(reload: () => void): void {
	process.on("SIGHUP", reload);
}
