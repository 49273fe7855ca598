interface PresenceProps {
	readonly state: string;
	/** Whether the word stands beside the mark. */
	readonly spelled?: boolean;
}

/** Whether a device is there: a full mark, a ring, or a dash, and in words for those who do not see it. */
export function Presence({ state, spelled = false }: PresenceProps) {
	return (
		<span class={`presence ${state}`} title={state}>
			<span class="mark" aria-hidden="true" />
			<span class={spelled ? "" : "unseen"}>{state}</span>
		</span>
	);
}
