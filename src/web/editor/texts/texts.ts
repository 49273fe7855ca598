import { computed, signal } from "@preact/signals";
import { keepChoice, keptChoice } from "../kept.ts";
import type { Texts } from "./zh.ts";

const LANGUAGE = "iottalk-language";

export type Language = "zh" | "en";

/** The language of a reader. @param chosen What the reader chose before. */
export function languageFor(chosen: string | null, preferred: string): Language {
	return (chosen ?? preferred).toLowerCase().startsWith("zh") ? "zh" : "en";
}

const LOAD: Readonly<Record<Language, () => Promise<Texts>>> = {
	zh: async () => (await import("./zh.ts")).zh,
	en: async () => (await import("./en.ts")).en,
};

const loaded: Partial<Record<Language, Texts>> = {};

async function load(wanted: Language): Promise<void> {
	loaded[wanted] ??= await LOAD[wanted]();
}

// A page has one reader, and the words of the other language are as long. Everything else has none, and takes both.
const isPage = typeof document !== "undefined";
const first = isPage ? languageFor(keptChoice(LANGUAGE), navigator.language) : "en";
await load(first);
if (!isPage) await load("zh");

/** The reader's language. */
export const language = signal<Language>(first);
/** The words in it: `texts.value.shell.projects`. Reading it in a component draws that again when it changes. */
export const texts = computed<Texts>(() => {
	const words = loaded[language.value] ?? loaded[first];
	if (words === undefined) throw new Error("words are loaded before they are read");
	return words;
});

/** Changes the reader's language, for later visits too. Rejects when its words cannot be loaded. */
export async function chooseLanguage(chosen: Language): Promise<void> {
	await load(chosen);
	language.value = chosen;
	keepChoice(LANGUAGE, chosen);
}
