import type { Live } from "./live.ts";
import { time } from "./texts.ts";

const WORDS = { open: "running", silent: "not responding", lost: "disconnected" } as const;

/** In the header: whether the server is there. */
export function ContactMark({ contact }: Pick<Live, "contact">) {
	return (
		<span role="status" class={`contact ${contact}`}>
			<span class="mark" aria-hidden="true" />
			{WORDS[contact]}
		</span>
	);
}

interface ContactBannerProps extends Pick<Live, "contact"> {
	/** Wall clock of the last event, seconds. */
	readonly heardAt: number;
}

/** Across the page while what it shows may be old. */
export function ContactBanner({ contact, heardAt }: ContactBannerProps) {
	if (contact === "open") return null;
	const what =
		contact === "silent"
			? "The server does not respond: it hangs, or the network is down."
			: "Connection to the server lost; reconnecting …";
	return (
		<div class="banner" role="alert">
			{what} Showing data from {time(heardAt)}.
		</div>
	);
}
