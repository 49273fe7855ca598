import { Button } from "../kit/button.tsx";
import { texts } from "../texts/texts.ts";
import type { LanesState } from "./lanes-state.ts";

/** What is being connected, and what it would mean to end it where the pointer or the focus is. */
export function ConnectBanner({ lanes }: { readonly lanes: LanesState }) {
	const { lanes: t } = texts.value;
	const { connector } = lanes;
	const from = connector.from.value;
	const over = connector.over.value;
	const plan = connector.plan.value;
	if (from === undefined) return <div role="status" />;
	const name = lanes.names.of(from);
	const isBad = plan !== undefined && !plan.ok;
	const isWarned = plan?.ok === true && plan.warning !== undefined;
	const kind = isBad ? "bad" : isWarned ? "warn" : "plain";
	return (
		<div role="status" class={`lanes-banner lanes-banner-${kind}`}>
			<p>
				{plan === undefined || over === undefined ? (
					from.kind === "port" ? (
						t.connectingPort(name)
					) : (
						t.connectingJoin(name)
					)
				) : (
					<>
						<b>{t.willJoin(name, lanes.names.of(over))}</b>{" "}
						{plan.ok ? plan.warning && t.warning(plan.warning) : t.refused[plan.reason]}
					</>
				)}
			</p>
			<Button onClick={() => connector.cancel()}>{t.cancel}</Button>
		</div>
	);
}
