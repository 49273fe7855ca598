/** Conditions under which a test runs or does not; a real one, such as a missing program, is fine. */
const CONDITIONS = /\.(if|skipIf)\s*\(/g;
/** A statement or a filter, which leaves tests out without a word where a condition of the above would skip them. */
const SILENT = /(?<![.\w])if\s*\(|\.filter\s*\(/g;
/** Asks what this machine has (`test/support/programs.ts`), or looks for a program or a file of the system itself. */
const ASKS =
	/\b(?:(?:needs|hasProgram|hasFile|hasPostgres|isRoot|canMount|Bun\.which)\s*\(|existsSync\s*\(\s*["'`]\/)/;
/** What a condition is made of that says the same on every machine. */
const CONSTANT =
	/^(?:true|false|null|undefined|void|NaN|\d+|"[^"]*"|'[^']*'|`[^`$]*`|[\s!()&|=<>+\-?:,])*$/;

/**
 * How the text of a test file holds tests back on every machine, lets only some of them run, or leaves some out where
 * the machine lacks something, instead of skipping them; undefined when it does not.
 */
export function heldBack(text: string): string | undefined {
	const never =
		/\b(?:test|describe|it)\s*(?:\.\w+\s*(?:\([^)]*\))?\s*)*(?:\.\s*(?:only|skip|todo|failing|todoIf|failingIf)\b|\[\s*["'`]\w+["'`]\s*\])/.exec(
			text,
		);
	if (never !== null) return /[.[][^.[]*$/.exec(never[0])?.[0].replace(/\s/g, "");
	const old = /\b(?:x|f)(?:test|it|describe)(?=(?:\s*\.\w+)*\s*\(\s*["'`[])/.exec(text);
	if (old !== null) return old[0];
	for (const { 1: name, 0: begin, index } of text.matchAll(CONDITIONS)) {
		const condition = upToClosing(text.slice(index + begin.length));
		if (isConstant(condition, text)) return `.${name}(${condition.trim()})`;
	}
	return leftOut(text);
}

function leftOut(text: string): string | undefined {
	const answers = [...text.matchAll(/\bconst\s+(\w+)\s*=([^;]*);/g)]
		.filter(([, , value = ""]) => ASKS.test(value))
		.map(([, name]) => name);
	for (const { 0: begin, index } of text.matchAll(SILENT)) {
		const condition = upToClosing(text.slice(index + begin.length));
		const words: readonly string[] = condition.match(/\w+/g) ?? [];
		if (ASKS.test(condition) || answers.some((name) => words.includes(name ?? "")))
			return `${begin}${condition.trim()})`;
	}
	return undefined;
}

function isConstant(condition: string, text: string): boolean {
	if (CONSTANT.test(condition)) return true;
	const name = /^\s*!*\s*([A-Za-z_$][\w$]*)\s*$/.exec(condition)?.[1];
	if (name === undefined) return false;
	const value = new RegExp(
		`\\b(?:const|let|var)\\s+${name.replaceAll("$", "\\$")}(?:\\s*:[^=]+)?\\s*=([^;\\n]+)`,
	);
	const given = value.exec(text)?.[1];
	return given !== undefined && CONSTANT.test(given);
}

/** The text in front of the parenthesis that closes what is open. */
function upToClosing(text: string): string {
	let depth = 1;
	for (let at = 0; at < text.length; at++) {
		if (text[at] === "(") depth++;
		if (text[at] === ")" && --depth === 0) return text.slice(0, at);
	}
	return text;
}
