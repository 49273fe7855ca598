/** Longest name of a project, characters. */
export const MAX_NAME = 200;

/** A name for what is in a file: that of the file, without its ending. */
export function nameOfFile(file: string): string {
	return file
		.replace(/\.json$/i, "")
		.trim()
		.slice(0, MAX_NAME);
}

/** The first of `wanted`, `wanted 2`, `wanted 3` … that is not taken. */
export function freeName(wanted: string, taken: Iterable<string>): string {
	const names = new Set(taken);
	let name = wanted;
	for (let n = 2; names.has(name); n++) name = `${wanted} ${n}`;
	return name;
}
