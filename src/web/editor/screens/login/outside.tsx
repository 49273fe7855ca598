import type { ComponentChildren } from "preact";
import { Menu } from "../../kit/menu.tsx";
import { language, texts } from "../../texts/texts.ts";
import { choices } from "../../top-bar.tsx";

/** What surrounds everything before a login: a card, and the choice of language and theme. */
export function Outside({ children }: { readonly children: ComponentChildren }) {
	const { shell } = texts.value;
	return (
		<div class="shell-narrow">
			<header>
				<span class="shell-brand">IoTtalk</span>
				<Menu
					label={`${shell.language} · ${shell.theme}`}
					icon="language"
					text={language.value === "zh" ? "中文" : "EN"}
					items={choices().slice(1)}
				/>
			</header>
			<main class="shell-card" tabIndex={-1}>
				{children}
			</main>
		</div>
	);
}
