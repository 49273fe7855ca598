import type { CcmDevice } from "../../../../contract/mod.ts";
import type { App } from "../../app-context.ts";
import { formatAgo } from "../../kit/format.ts";
import { texts } from "../../texts/texts.ts";

export interface PresenceProps {
	readonly app: Pick<App, "clock">;
	readonly device: Pick<CcmDevice, "status" | "seen">;
}

/** Whether a device is online, else since when it is not. */
export function Presence({ app, device: { status, seen } }: PresenceProps) {
	const { devices } = texts.value;
	return (
		<span class={`devices-presence devices-${status}`}>
			<span class="devices-dot" aria-hidden="true" />
			{status === "online" ? devices.online : offline(seen, app.clock.now())}
		</span>
	);
}

function offline(seen: number | null, now: number): string {
	const { devices } = texts.value;
	return seen === null ? devices.offline : devices.offlineSince(formatAgo(seen * 1000, now));
}
