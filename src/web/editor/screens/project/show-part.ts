import type { Selection } from "../../routes.ts";

/** Brings a part into view and gives it the focus, once the lanes are drawn and a dialog has given the focus back. */
export function showPart(selection: Selection): void {
	requestAnimationFrame(() =>
		requestAnimationFrame(() => {
			const part = document.querySelector<HTMLElement>(selectorOf(selection));
			part?.scrollIntoView({ block: "center" });
			part?.focus({ preventScroll: true });
		}),
	);
}

function selectorOf(selection: Selection): string {
	switch (selection.kind) {
		case "block":
			return `[data-card="${selection.id}"] button`;
		case "port":
			return `[data-end="port ${selection.id}"]`;
		case "join":
		case "wire":
			return `[data-end="join ${selection.id}"]`;
		case "log":
			return ".project-log button";
	}
}
