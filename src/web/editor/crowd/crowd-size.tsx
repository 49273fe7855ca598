import type { Block } from "../../../contract/mod.ts";
import { Button } from "../kit/button.tsx";
import { Field } from "../kit/fields.tsx";
import { readNumber } from "../panel/number-input.ts";
import { apply, applyAndSay, type PanelContext } from "../panel/panel-context.ts";
import { useDraft } from "../panel/use-draft.ts";
import { texts } from "../texts/texts.ts";
import "./crowd.css";

/** As many as an invitation makes. */
const FIRST_SEATS = 40;

export interface CrowdSizeProps {
	readonly panel: Pick<PanelContext, "app" | "project">;
	readonly block: Block;
}

/** Whether a block is for one device or for many, and for how many. */
export default function CrowdSize({ panel, block }: CrowdSizeProps) {
	const { crowd: words } = texts.value;
	const { do_id, seats, bindings } = block;
	if (seats === null) {
		const change = { kind: "set_seats", do_id, seats: FIRST_SEATS } as const;
		return (
			<div class="crowd-size">
				<Button onClick={() => void applyAndSay(panel, [change])}>{words.many}</Button>
				<p class="kit-hint">{words.manyHint}</p>
			</div>
		);
	}
	const lost = bindings.filter(({ seat }) => seat > 0).length;
	const toOne = () =>
		void applyAndSay(panel, [{ kind: "set_seats", do_id, seats: null }], () => words.oneDone(lost));
	return (
		<div class="crowd-size">
			<SeatsField {...{ panel, block, seats }} />
			<Button onClick={toOne}>{words.one}</Button>
			{bindings.length >= seats && <p class="kit-hint">{words.full}</p>}
		</div>
	);
}

function SeatsField({ panel, block, seats }: CrowdSizeProps & { readonly seats: number }) {
	const { crowd: words } = texts.value;
	const { do_id, bindings } = block;
	const { text, ...draft } = useDraft({
		shown: String(seats),
		read: (typed) => {
			const result = readNumber(typed, { integer: true });
			if (result.ok && result.value >= 1) return result;
			return { ok: false, problem: words.noInteger };
		},
		// More than the server allows is refused in its words, which say how many that is.
		commit: (count) => apply(panel, { kind: "set_seats", do_id, seats: count }),
	});
	return (
		<Field
			label={words.seats}
			hint={words.seatsHint(bindings.length)}
			value={text}
			inputMode="numeric"
			autocomplete="off"
			{...draft}
		/>
	);
}
