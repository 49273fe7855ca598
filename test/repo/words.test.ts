// Texts that read as translated come back with new parts: these words are kept out of comments, documents, messages
// and names of tests.
import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Glob } from "bun";

const ROOT = join(import.meta.dir, "../..");
const PLACES = ["{src,test,docs,examples,scripts,bench}/**/*.{ts,tsx,css,mjs,py,md}", "*.md"];
const OWN = "test/repo/words.test.ts";

/** A user or path of tests may be called nobody: what has a quotation mark or a slash beside it is a value. */
const BODY = /\b(?:[Nn]obody|[Ss]omebody|[Aa]nybody|[Ee]verybody)\b(?<!["'/=@`]\w+)(?!["':`])/;
const EVER = /\b([Ww]hoever|[Ww]homever)\b/;
const ANEW = /\b[Aa]new\b|[a-z]Anew\b/;
/** "is no number"; "there is no number" and "is no longer" are as English has them. */
const IS_NO =
	/\b(?:is|are|was|were|be|been) no (?!(?:longer|more|one|less|fewer)\b)(?<!\b[Tt]here (?:(?:can|may|must|will|has|have|should) )?\w+ no )/;
/** Headings of the guide in Chinese begin with other signs. */
const CHINESE_COMMENT = /^\s*\/[/*]+\s*\p{Script=Han}/u;

/** Names that gave way to the field's words: listener, adapter, channel, access, service. */
const FORMER = /\b(?:ShortWay|Brakes|BrokerState|dropOutdated|isStill|\w+Desk)\b/;
/** The stored column, the field of answers and of the log is `door:`; what has quotation marks is a value. */
const DOOR = /(?<!["'`])\b(?:\w+D|[Dd])oors?(?:[A-Z]\w*)?\b(?!["'`:-])/;

const WORDS: readonly (readonly [pattern: RegExp, better: string])[] = [
	[BODY, "no one, a client, a caller"],
	[EVER, "a client that, the process that, in every role"],
	[ANEW, "again, restart, start over"],
	[IS_NO, "is not a"],
	[FORMER, "the name it has now"],
	[DOOR, "listener, adapter, API, access"],
	[/\ball the same\b/, "anyway"],
	[/\b[Ww]hole numbers?\b/, "integer"],
	[/\bof one's own\b/, "your own, the user's own"],
	[/\b[Hh]ow it stands\b/, "state"],
	[/\b[Uu]nder ?way\b|[Uu]nderWay/, "in flight, in progress"],
	[/\bunless told otherwise\b/, "by default"],
	[/\b[Tt]hrow(?:s|n)?(?: \w+){0,2} out\b/, "remove, disconnect"],
	[CHINESE_COMMENT, "a comment in English"],
];

const betterThan = (text: string) => WORDS.find(([pattern]) => pattern.test(text))?.[1];

describe("plain English", () => {
	test("words of the list are in no comment, document, message and name of a test", async () => {
		const files = PLACES.flatMap((place) => [...new Glob(place).scanSync(ROOT)]).filter(
			(file) => file !== OWN,
		);
		const found = files.flatMap((file) => {
			const text = readFileSync(join(ROOT, file), "utf8");
			if (betterThan(text) === undefined) return [];
			return text.split("\n").flatMap((line, at) => {
				const better = betterThan(line);
				return better === undefined ? [] : [`${file}:${at + 1} (${better}): ${line.trim()}`];
			});
		});
		expect(found).toEqual([]);
		expect(files.length).toBeGreaterThan(1000);
	});

	test("settings say what is advertised or announced, not what is told", () => {
		const texts = readFileSync(join(ROOT, "sample.ini"), "utf8").split("\n");
		expect(texts.filter((line) => /\btold\b/.test(line))).toEqual([]);
	});

	test.each([
		"// Nobody reads it.",
		"whoever comes first",
		"it is started anew",
		"this.#waitAnew();",
		"what is no number",
		"they are no sign",
		"an encrypted door of the server",
		"const door = own?.door",
		"class HttpDoors {",
		"interface SetupDoor {",
		"new DoorCookies()",
		"readonly desk: InvitationDesk;",
		"it starts all the same",
		"Enter a whole number.",
		"pages of one's own",
		"how it stands with it",
		"what is under way",
		"new ChangesUnderWay()",
		"throws a phone out",
		"	// 卡片",
	])("finds: %s", (line) => expect(betterThan(line)).toBeDefined());

	test.each([
		'login("nobody")',
		"/nobody/Y",
		"const NOBODY = 0",
		"there is no number",
		"there can be no more",
		"it is no longer there",
		'{ door: "rest", alias_name: "Door" }',
		"in the log as `door`",
		"indoor and outdoor air",
		"a desk lamp",
		"a word in 繁體中文",
		"throw new Refusal(out)",
	])("leaves: %s", (line) => expect(betterThan(line)).toBeUndefined());
});
