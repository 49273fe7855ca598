import { type ReadonlySignal, signal } from "@preact/signals";

interface Locks {
	request(kind: "screen"): Promise<{ addEventListener(name: "release", run: () => void): void }>;
}

/** Keeps the screen of a phone on while the page can be seen. @returns whether it does; false where browsers cannot. */
export function keepAwake(): ReadonlySignal<boolean> {
	const isOn = signal(false);
	const { wakeLock } = navigator as { wakeLock?: Locks };
	const ask = async () => {
		if (wakeLock === undefined || isOn.value || document.visibilityState !== "visible") return;
		try {
			const lock = await wakeLock.request("screen");
			isOn.value = true;
			lock.addEventListener("release", () => {
				isOn.value = false;
			});
		} catch {
			// Low battery, or a browser that wants a tap first: the next one asks again.
		}
	};
	document.addEventListener("visibilitychange", () => void ask());
	document.addEventListener("click", () => void ask());
	void ask();
	return isOn;
}
