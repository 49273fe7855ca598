import { effect, signal } from "@preact/signals";
import { keepChoice, keptChoice } from "./kept.ts";
import { texts } from "./texts/texts.ts";

const THEME = "iottalk-theme";

export type Theme = "light" | "dark" | "system";

/** The theme the reader has chosen. */
export const theme = signal<Theme>("system");

export function themeOf(kept: string | null): Theme {
	return kept === "light" || kept === "dark" ? kept : "system";
}

/** Takes up what was chosen before, and has the document follow what is chosen. */
export function startAppearance(): void {
	theme.value = themeOf(keptChoice(THEME));
	const root = document.documentElement;
	effect(() => {
		root.lang = texts.value.lang;
	});
	effect(() => {
		if (theme.value === "system") delete root.dataset.theme;
		else root.dataset.theme = theme.value;
	});
}

export function chooseTheme(chosen: Theme): void {
	theme.value = chosen;
	keepChoice(THEME, chosen);
}
