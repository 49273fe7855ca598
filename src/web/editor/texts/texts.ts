import { computed, signal } from "@preact/signals";
import { keepChoice, keptChoice } from "../kept.ts";
import type { PageTexts } from "./zh.ts";
import type { CodeTexts } from "./zh-code.ts";
import type { ScreenTexts } from "./zh-screens.ts";

const LANGUAGE = "iottalk-language";

export type Language = "zh" | "en";

/** All words in one language. */
export type Texts = PageTexts & ScreenTexts & CodeTexts;

/** Words of the page itself, and those that come with what is loaded later: other screens, and the code editor. */
export type TextsPart = "page" | "screens" | "code";

const LOAD = {
	page: {
		zh: async () => (await import("./zh.ts")).zh,
		en: async () => (await import("./en.ts")).en,
	},
	screens: {
		zh: async () => (await import("./zh-screens.ts")).zh,
		en: async () => (await import("./en-screens.ts")).en,
	},
	code: {
		zh: async () => (await import("./zh-code.ts")).zh,
		en: async () => (await import("./en-code.ts")).en,
	},
};

/** The language of a reader. @param chosen What the reader chose before. */
export function languageFor(chosen: string | null, preferred: string): Language {
	return (chosen ?? preferred).toLowerCase().startsWith("zh") ? "zh" : "en";
}

// A page has one reader, and the words of the other language are as long. Everything else has none, and takes both.
const isPage = typeof document !== "undefined";
const reader = isPage ? languageFor(keptChoice(LANGUAGE), navigator.language) : "en";

/** The reader's language. */
export const language = signal<Language>(reader);

const words = signal<Readonly<Record<Language, Partial<Texts>>>>({ zh: {}, en: {} });
const loading = new Map<string, Promise<void>>();

/** The words in it: `texts.value.shell.projects`. Reading it in a component draws that again when it changes. */
export const texts = computed(
	// What is read belongs to a part that is loaded: the page awaits its own, and screens come with theirs.
	() => words.value[language.value] as Texts,
);

function load(part: TextsPart, wanted: Language): Promise<void> {
	const key = `${part}-${wanted}`;
	let done = loading.get(key);
	if (done === undefined) {
		done = LOAD[part][wanted]().then((more) => {
			const current = words.value;
			words.value = { ...current, [wanted]: { ...current[wanted], ...more } };
		});
		loading.set(key, done);
		done.catch(() => loading.delete(key));
	}
	return done;
}

/** The parts that the page has so far. */
const parts = new Set<TextsPart>();

/** Loads words before what needs them is shown. Rejects when that fails. */
export async function loadTexts(part: TextsPart): Promise<void> {
	parts.add(part);
	const wanted: Language[] = isPage ? [language.value] : ["zh", "en"];
	await Promise.all(wanted.map((one) => load(part, one)));
}

/** Changes the reader's language, for later visits too. Rejects when its words cannot be loaded. */
export async function chooseLanguage(chosen: Language): Promise<void> {
	await Promise.all([...parts].map((part) => load(part, chosen)));
	language.value = chosen;
	keepChoice(LANGUAGE, chosen);
}

await loadTexts("page");
if (!isPage) await loadTexts("screens");
