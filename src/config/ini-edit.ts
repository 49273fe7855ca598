const HEADER = /^\s*\[([^\]]*)\]\s*$/;
const PAIR = /^(\s*)([^=;#\s][^=]*?)(\s*=\s*)/;

/**
 * An ini with other values for some keys of a section: where they stand, or below the section's header, or with it at the
 * end. Everything else stays byte for byte, comments too.
 * @param values Key → value, in lowercase and without characters that mean something to an ini.
 */
export function withIniValues(
	text: string,
	section: string,
	values: Readonly<Record<string, string>>,
): string {
	const eol = text.includes("\r\n") ? "\r\n" : "\n";
	const lines = text.split(/\r?\n/);
	const missing = new Map(Object.entries(values));
	let current: string | undefined;
	let headerAt: number | undefined;
	for (const [index, line] of lines.entries()) {
		const header = HEADER.exec(line.replace(/^\uFEFF/, ""))?.[1]?.trim();
		if (header !== undefined) {
			current = header;
			if (header === section) headerAt ??= index;
			continue;
		}
		const [, indent = "", key = "", sign = ""] = PAIR.exec(line) ?? [];
		const value = current === section ? values[key.toLowerCase()] : undefined;
		if (value === undefined) continue;
		lines[index] = `${indent}${key}${sign}${value}`;
		missing.delete(key.toLowerCase());
	}
	const added = [...missing].map(([key, value]) => `${key} = ${value}`);
	if (added.length === 0) return lines.join(eol);
	if (headerAt !== undefined) return lines.toSpliced(headerAt + 1, 0, ...added).join(eol);
	const before = text === "" || text.endsWith("\n") ? lines.slice(0, -1) : lines;
	return [...before, `[${section}]`, ...added, ""].join(eol);
}
