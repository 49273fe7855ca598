import { render } from "preact";
import { Editor } from "./app.tsx";
import { startAppearance } from "./appearance.ts";
import { sayMishaps } from "./mishaps.ts";
import { noticeList } from "./notices.ts";
import { navigation } from "./place.ts";
import { preloadScreen } from "./screens.tsx";
import { ask } from "./server/ask.ts";
import { askAgain } from "./server/ask-again.ts";
import { browserClock } from "./server/clock.ts";
import { openSession } from "./server/session.ts";
import { startTexts } from "./texts/texts.ts";
import "./kit/kit.css";
import "./page.css";

/** Begins the page: what does not need the server is drawn before it has said who is there. */
async function start(): Promise<void> {
	const places = navigation();
	const words = startTexts();
	preloadScreen(places.place.value);
	const session = openSession({ ask, reload: () => location.reload() });
	const notices = noticeList(browserClock);
	const app = {
		navigation: places,
		session,
		notices,
		ask: askAgain(ask, session),
		clock: browserClock,
	};
	await words;
	startAppearance();
	sayMishaps(notices);
	const root = document.getElementById("app");
	if (root !== null) render(<Editor app={app} notices={notices} />, root);
	await session.refresh();
}

void start();
