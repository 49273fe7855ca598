import { render } from "preact";
import type { OwnPage, PhoneApp } from "./app-parts.ts";
import { startAppearance } from "./appearance.ts";
import { deviceKeeper, newId } from "./kept-device.ts";
import { OWN_MODELS } from "./own-models.ts";
import { Phone } from "./phone.tsx";
import { browserClock } from "./phone-clock.ts";
import { Microphone } from "./sensors/microphone.ts";
import { browserMotion, Motion } from "./sensors/motion.ts";
import { Position } from "./sensors/position.ts";
import { Sound } from "./sensors/sound.ts";
import { keepAwake } from "./sensors/wake-lock.ts";
import { ask } from "./server/ask.ts";
import { Device } from "./server/device.ts";
import { readerFor } from "./server/down-readers.ts";
import { MemberAccess } from "./server/member-access.ts";
import { OwnAccess } from "./server/own-access.ts";
import { browserTalk, browserView, thrift, thriftyReader } from "./server/thrift.ts";
import "./page.css";

/** A page by name registers itself; every other address is that of a member. */
function ownPage(page: string): OwnPage | undefined {
	const model = OWN_MODELS.get(page);
	if (model === undefined) return undefined;
	const keeper = deviceKeeper(page, { lasting: () => localStorage, tab: () => sessionStorage });
	const access = new OwnAccess(model, { ask, keeper, newId });
	return { access, page, beNew: () => keeper.onlyInTab() };
}

function start(): void {
	startAppearance();
	const page = location.pathname.split("/").pop() ?? "";
	const own = ownPage(page);
	const access = own?.access ?? new MemberAccess(page, ask);
	const isThrifty = thrift(browserTalk(), browserView, browserClock);
	const read = thriftyReader(readerFor(access.hasCookie), isThrifty);
	const device = new Device(access, { ask, read, clock: browserClock, random: Math.random });
	const motion = new Motion(browserMotion(), browserClock);
	const app: PhoneApp = {
		...{ device, own, motion },
		microphone: new Microphone(),
		position: new Position(),
		sound: new Sound(),
		isAwake: keepAwake(),
	};
	void motion.begin();
	window.addEventListener("online", () => device.wake());
	document.addEventListener("visibilitychange", () => {
		if (document.visibilityState === "visible") device.wake();
	});
	const root = document.getElementById("app");
	if (root !== null) render(<Phone app={app} />, root);
	void device.run();
}

start();
