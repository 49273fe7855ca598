import { useComputed } from "@preact/signals";
import { formatAgo } from "../kit/format.ts";
import { elementsOf } from "../monitor/elements.ts";
import { texts } from "../texts/texts.ts";
import type { PanelContext } from "./panel-context.ts";

/** A value that is not older than this says nothing about its age. */
const FRESH_MS = 5000;

interface LiveValueProps {
	readonly panel: PanelContext;
	readonly naId: number;
	/** Null: what the join gave. */
	readonly dfoId: number | null;
	/** `input`: before the function of an input. */
	readonly from?: "input" | "value";
}

/**
 * The newest value of a wire as text. Only its text nodes follow the values, and nothing is announced: a screen reader
 * says it when the reader goes there.
 */
export function LiveValue({ panel, naId, dfoId, from = "value" }: LiveValueProps) {
	const { project, now } = panel;
	const carried = project.valueOf(naId, dfoId);
	const text = useComputed(() => {
		const { value, input } = carried.value ?? {};
		const json = from === "input" ? input : value;
		return json === undefined ? texts.value.panel.values.none : elementsOf(json).join(", ");
	});
	const age = useComputed(() => {
		const { at } = carried.value ?? {};
		if (at === undefined || now.value - at < FRESH_MS) return "";
		return texts.value.panel.values.ago(formatAgo(at, now.value));
	});
	const look = useComputed(() => {
		const isLive = project.contact.value.state === "live" && age.value === "";
		return carried.value === undefined || !isLive ? "panel-value panel-stale" : "panel-value";
	});
	return (
		<span class={look}>
			<output aria-live="off" title={text}>
				{text}
			</output>
			<small>{age}</small>
		</span>
	);
}
