import type { PhoneApp } from "./app-parts.ts";
import { language, switchLanguage, switchTheme, texts, theme } from "./appearance.ts";

/** What the page is, how it is connected, and the reader's language and theme. */
export function PhoneHeader({ app }: { app: PhoneApp }) {
	const words = texts.value;
	const { device, own } = app;
	const { title, seat, nickname } = device.opened.value ?? {};
	const about = [
		...(seat === undefined ? [] : [words.seat(seat)]),
		nickname ?? device.name.value,
	].filter((text) => text !== "");
	const heading = own === undefined ? title || words.member : words.pages[own.page];
	document.title = `${heading} · IoTtalk`;
	return (
		<header class="top">
			<div class="who">
				<h1>{heading}</h1>
				<p>{about.join(" · ")}</p>
			</div>
			<button
				type="button"
				class="quiet"
				lang={language.value === "zh" ? "en" : "zh-Hant"}
				onClick={switchLanguage}
			>
				{words.other}
			</button>
			<button
				type="button"
				class="quiet icon"
				aria-label={words.themes[theme.value]}
				title={words.themes[theme.value]}
				onClick={switchTheme}
			>
				<svg viewBox="0 0 24 24" aria-hidden="true">
					<path d="M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18m0 0v18" />
					<path class="half" d="M12 3a9 9 0 0 1 0 18z" />
				</svg>
			</button>
			<Status app={app} />
		</header>
	);
}

/** Read aloud when it changes, which values never do. */
function Status({ app: { device, own } }: { app: PhoneApp }) {
	const { states, slow } = texts.value;
	const state = device.state.value;
	const isWaiting = state === "ready" && device.connected.value.size === 0;
	const key = isWaiting ? "waiting" : state === "removed" && own !== undefined ? "gone" : state;
	return (
		<p class={`status is-${key}`} role="status">
			<span class="dot" aria-hidden="true" />
			{states[key]}
			{state === "ready" && device.isSlow.value && ` · ${slow}`}
		</p>
	);
}
