import type { PresenceView } from "../../../contract/mod.ts";
import { Icon } from "../kit/icons.tsx";
import { lazy } from "../kit/lazy.tsx";
import { texts } from "../texts/texts.ts";
import type { BlockProps } from "./lane-props.ts";

const CrowdSeats = lazy(() => import("../crowd/crowd-seats.tsx"), {
	...{ texts: ["crowd"], meanwhile: () => null },
});

/** Which device a block has, and whether it is there. */
export function BlockDevice({ lanes, block }: BlockProps) {
	const { lanes: t } = texts.value;
	const [binding] = block.bindings;
	if (block.seats !== null) return <CrowdSeats project={lanes.project} block={block} />;
	const choose = () => {
		lanes.choosing.value = block.do_id;
	};
	if (binding !== undefined) {
		const presence = lanes.project.presenceOf(binding.mac_addr).value;
		const status = lanes.project.contact.value.state === "live" ? presence?.status : undefined;
		const name = presence?.d_name === "" || presence === undefined ? t.noName : presence.d_name;
		const content = (
			<>
				<Dot status={status} />
				<span class="kit-unseen">{t.device} </span>
				<span class="lanes-device-name">{name}</span>
				{status !== undefined && (
					<small class={status === "online" ? "kit-unseen" : undefined}>{t.presence[status]}</small>
				)}
			</>
		);
		return lanes.mayEdit.value ? (
			<button type="button" class="lanes-device" title={name} onClick={choose}>
				{content}
			</button>
		) : (
			<span class="lanes-device">{content}</span>
		);
	}
	const { status, sim } = lanes.project.document.value ?? {};
	const isSimulated = status === "on" && sim === "on";
	if (!lanes.mayEdit.value) {
		return <span class="lanes-device">{isSimulated ? t.simulated : t.states.unbound}</span>;
	}
	return (
		<button type="button" class="lanes-device lanes-device-none" onClick={choose}>
			<Icon name="device" />
			<span class="lanes-device-name">{t.chooseDevice}</span>
			{isSimulated && <small>{t.simulated}</small>}
		</button>
	);
}

/** Filled where it is online; what is not known is neither. */
function Dot({ status }: { readonly status: PresenceView["status"] | undefined }) {
	return <span class={`lanes-presence lanes-presence-${status ?? "none"}`} aria-hidden="true" />;
}
