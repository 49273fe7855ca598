import type { Notices } from "./app-context.ts";
import { texts } from "./texts/texts.ts";

/** Tells the reader of errors that no part of the page has dealt with. */
export function sayMishaps(notices: Notices): void {
	const say = (error: unknown) => {
		// The browser says some things here that are not errors, such as a layout that took two rounds.
		if (!(error instanceof Error)) return;
		const { mishap, reload } = texts.value.shell;
		notices.say(mishap, "bad", { text: reload, run: () => location.reload() });
	};
	addEventListener("error", (event: ErrorEvent) => say(event.error));
	addEventListener("unhandledrejection", (event: PromiseRejectionEvent) => say(event.reason));
}
