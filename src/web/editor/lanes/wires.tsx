import { texts } from "../texts/texts.ts";
import type { LanesState } from "./lanes-state.ts";
import { SPARK_HEIGHT, SPARK_WIDTH, type WireView } from "./wire-view.ts";

export interface WiresProps {
	readonly lanes: LanesState;
	readonly views: readonly WireView[];
}

/** The lines, below the cards; `data-draft` is the one that is being drawn. */
export function Wires({ lanes, views }: WiresProps) {
	return (
		<svg class="lanes-wires" aria-hidden="true">
			{views.map((view) => (
				<WirePath key={view.ref.peek().key} view={view} />
			))}
			<Draft lanes={lanes} />
		</svg>
	);
}

interface WireProps {
	readonly lanes: LanesState;
	readonly view: WireView;
}

function WirePath({ view }: Pick<WireProps, "view">) {
	return (
		<g>
			<path
				ref={(element) => {
					view.hit = element;
				}}
				class="lanes-wire-hit"
				data-hit={view.ref.peek().key}
			/>
			<path
				ref={(element) => {
					view.path = element;
				}}
				class={view.pathClass}
			/>
		</g>
	);
}

function Draft({ lanes: { connector } }: Pick<WiresProps, "lanes">) {
	const { value: plan } = connector.plan;
	const kind =
		plan === undefined
			? ""
			: !plan.ok
				? " lanes-draft-bad"
				: plan.warning
					? " lanes-draft-warn"
					: " lanes-draft-ok";
	return <path data-draft class={`lanes-draft${kind}`} />;
}

/** The values, above the wires. By arrow keys one gets to each, also where there is no room to show it. */
export function Chips({ lanes, views }: WiresProps) {
	return (
		<div class="lanes-chips">
			{views.map((view) => (
				<Chip key={view.ref.peek().key} lanes={lanes} view={view} />
			))}
		</div>
	);
}

function Chip({ lanes, view }: WireProps) {
	const { naId, dfoId, hasFunction } = view.ref.value;
	// The name follows those of its ends, and the reader's language.
	const isLabelled = lanes.project.document.value !== undefined && texts.value.lang !== "";
	return (
		<button
			ref={(element) => {
				view.chip = element;
			}}
			type="button"
			tabIndex={-1}
			class={view.chipClass}
			data-wire={view.ref.peek().key}
			onClick={() => lanes.select({ kind: "wire", id: naId, dfoId })}
		>
			<span class="kit-unseen">{isLabelled && lanes.names.ofWire({ naId, dfoId })}</span>
			<span class="lanes-chip-box" aria-hidden="true">
				<span class="lanes-chip-text">
					{hasFunction && <i>ƒ </i>}
					{view.text}
				</span>
				<svg
					class="lanes-spark"
					viewBox={`0 -1 ${SPARK_WIDTH} ${SPARK_HEIGHT + 2}`}
					preserveAspectRatio="none"
					aria-hidden="true"
				>
					<polyline points={view.points} />
				</svg>
			</span>
		</button>
	);
}
