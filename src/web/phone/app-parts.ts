import type { ReadonlySignal } from "@preact/signals";
import type { Part } from "./features.ts";
import type { Microphone } from "./sensors/microphone.ts";
import type { Motion } from "./sensors/motion.ts";
import type { Position } from "./sensors/position.ts";
import type { Sound } from "./sensors/sound.ts";
import type { Device } from "./server/device.ts";
import type { OwnAccess } from "./server/own-access.ts";

/** A page that registers itself. */
export interface OwnPage {
	readonly access: OwnAccess;
	/** The last part of its address, `Smartphone`. */
	readonly page: string;
	/** From now on this tab is a device of its own. */
	beNew(): void;
}

/** What the parts of the page work with. */
export interface PhoneApp {
	readonly device: Device;
	/** undefined: a member's page. */
	readonly own: OwnPage | undefined;
	readonly motion: Motion;
	readonly microphone: Microphone;
	readonly position: Position;
	readonly sound: Sound;
	/** Whether the screen stays on. */
	readonly isAwake: ReadonlySignal<boolean>;
}

export interface PartProps {
	readonly app: PhoneApp;
	readonly part: Part;
}
