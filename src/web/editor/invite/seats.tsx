import { useEffect, useState } from "preact/hooks";
import type { Block } from "../../../contract/mod.ts";
import type { App } from "../app-context.ts";
import type { OpenProject } from "../project/open-project.ts";
import { texts } from "../texts/texts.ts";

/** Forty phones in a minute are not read aloud one by one. */
const SETTLED_MS = 3000;

export interface SeatsProps {
	readonly app: App;
	readonly project: OpenProject;
	readonly block: Block;
}

/** How many have joined: in large figures, and as a square for each seat. */
export function Seats({ app, project, block: { seats, bindings } }: SeatsProps) {
	const words = texts.value.invite;
	const bySeat = new Map(bindings.map(({ seat, mac_addr }) => [seat, mac_addr]));
	const all = Array.from({ length: seats ?? 0 }, (_, seat) => {
		const device = bySeat.get(seat);
		if (device === undefined) return "free";
		return project.presenceOf(device).value?.status === "online" ? "online" : "away";
	});
	const taken = bindings.length;
	const away = all.filter((state) => state === "away").length;
	return (
		<div class="invite-seats">
			<p class="invite-count">
				<strong>{taken}</strong> / {seats} <span>{words.joined}</span>
			</p>
			<div class="invite-squares" aria-hidden="true">
				{all.map((state, seat) => (
					<span key={String(seat)} class={`invite-${state}`} />
				))}
			</div>
			{away > 0 && <p class="kit-hint">{words.away(away)}</p>}
			<Announced app={app} text={words.joinedNow(taken, seats ?? 0)} />
		</div>
	);
}

/** Reads a text aloud when it has stayed the same for a while. */
function Announced({ app: { clock }, text }: { readonly app: App; readonly text: string }) {
	const [said, setSaid] = useState("");
	useEffect(() => clock.after(SETTLED_MS, () => setSaid(text)), [clock, text]);
	return (
		<p class="kit-unseen" role="status">
			{said}
		</p>
	);
}
