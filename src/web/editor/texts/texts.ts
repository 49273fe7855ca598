import { computed, signal } from "@preact/signals";
import { keepChoice, keptChoice } from "../kept.ts";
import type { PageTexts } from "./zh.ts";
import type { CodeTexts } from "./zh-code.ts";
import type { CrowdTexts } from "./zh-crowd.ts";
import type { InviteTexts } from "./zh-invite.ts";
import type { LaterTexts } from "./zh-later.ts";
import type { ProjectTexts } from "./zh-project.ts";
import type { ProjectsTexts } from "./zh-projects.ts";
import type { ScreenTexts } from "./zh-screens.ts";

const LANGUAGE = "iottalk-language";

export type Language = "zh" | "en";

/** All words in one language. */
export type Texts = PageTexts &
	ProjectTexts &
	LaterTexts &
	ProjectsTexts &
	ScreenTexts &
	CodeTexts &
	CrowdTexts &
	InviteTexts;

const LOAD = {
	page: {
		zh: async () => (await import("./zh.ts")).zh,
		en: async () => (await import("./en.ts")).en,
	},
	project: {
		zh: async () => (await import("./zh-project.ts")).zh,
		en: async () => (await import("./en-project.ts")).en,
	},
	later: {
		zh: async () => (await import("./zh-later.ts")).zh,
		en: async () => (await import("./en-later.ts")).en,
	},
	projects: {
		zh: async () => (await import("./zh-projects.ts")).zh,
		en: async () => (await import("./en-projects.ts")).en,
	},
	screens: {
		zh: async () => (await import("./zh-screens.ts")).zh,
		en: async () => (await import("./en-screens.ts")).en,
	},
	invite: {
		zh: async () => (await import("./zh-invite.ts")).zh,
		en: async () => (await import("./en-invite.ts")).en,
	},
	crowd: {
		zh: async () => (await import("./zh-crowd.ts")).zh,
		en: async () => (await import("./en-crowd.ts")).en,
	},
	code: {
		zh: async () => (await import("./zh-code.ts")).zh,
		en: async () => (await import("./en-code.ts")).en,
	},
};

/** Words of the page itself, and those that come with what is loaded later. */
export type TextsPart = keyof typeof LOAD;

/** The language of a reader. @param chosen What the reader chose before. */
export function languageFor(chosen: string | null, preferred: string): Language {
	return (chosen ?? preferred).toLowerCase().startsWith("zh") ? "zh" : "en";
}

/** The reader's language. */
export const language = signal<Language>("en");

const words = signal<Readonly<Record<Language, Partial<Texts>>>>({ zh: {}, en: {} });
const loading = new Map<string, Promise<void>>();

/** The words in it: `texts.value.shell.projects`. Reading it in a component draws that again when it changes. */
export const texts = computed(
	// What is read belongs to a part that is loaded: the page awaits its own at the start, and screens come with theirs.
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

/** Takes the reader's language, and loads the words of the page in it. Rejects when that fails. */
export async function startTexts(): Promise<void> {
	language.value = languageFor(keptChoice(LANGUAGE), navigator.language);
	await loadTexts("page");
}

/** Loads words in the reader's language, before what needs them is shown. Rejects when that fails. */
export async function loadTexts(part: TextsPart): Promise<void> {
	parts.add(part);
	await load(part, language.value);
}

/** Changes the reader's language, for later visits too. Rejects when its words cannot be loaded. */
export async function chooseLanguage(chosen: Language): Promise<void> {
	await Promise.all([...parts].map((part) => load(part, chosen)));
	language.value = chosen;
	keepChoice(LANGUAGE, chosen);
}
