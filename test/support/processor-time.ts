/**
 * What a piece of work costs this process, milliseconds of processor time. By the clock it would be what the machine
 * has left for it.
 */
export function cpuOf(work: () => unknown): number {
	const before = process.cpuUsage();
	work();
	const { user, system } = process.cpuUsage(before);
	return (user + system) / 1000;
}
