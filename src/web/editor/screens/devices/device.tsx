import type { ComponentChildren } from "preact";
import type { CcmDevice } from "../../../../contract/mod.ts";
import type { App } from "../../app-context.ts";
import { Button, LinkButton } from "../../kit/button.tsx";
import { formatTime } from "../../kit/format.ts";
import { EmptyState } from "../../kit/states.tsx";
import { useTitle } from "../../kit/use-title.ts";
import { texts } from "../../texts/texts.ts";
import { BoundValues } from "./bound-values.tsx";
import { copyText, pageOf } from "./device-actions.ts";
import type { LiveDevices } from "./live-devices.ts";
import { ModelOf, Owner } from "./owner.tsx";
import { Presence } from "./presence.tsx";

export interface DeviceDetailProps {
	readonly app: App;
	readonly live: LiveDevices;
	readonly all: readonly CcmDevice[];
	readonly macAddr: string;
}

/** Projects whose values are followed at once: each takes one of the browser's few connections. */
const MAX_FOLLOWED = 3;

/** One device: what is known of it, and the values it sends and gets where it is bound. */
export function Device({ app, live, all, macAddr }: DeviceDetailProps) {
	const { devices } = texts.value;
	const device = all.find(({ mac_addr }) => mac_addr === macAddr);
	useTitle(device?.d_name ?? devices.title);
	if (device === undefined) {
		return (
			<EmptyState
				icon="device"
				title={devices.notFound}
				hint={devices.notFoundHint}
				action={<LinkButton href="#/d">{devices.back}</LinkButton>}
			/>
		);
	}
	const projects = [...new Map(device.bound.map((place) => [place.p_id, place])).values()];
	return (
		<article>
			<a class="devices-back" href="#/d">
				{devices.back}
			</a>
			<header class="devices-head">
				<h1 title={device.d_name}>{device.d_name === "" ? macAddr : device.d_name}</h1>
				<Presence app={app} device={device} />
			</header>
			<About app={app} device={device} put={live.put} />
			<section>
				<h2>{devices.places}</h2>
				{device.bound.length + device.bound_elsewhere === 0 && (
					<p class="devices-faint">{devices.unbound}</p>
				)}
				{projects.map(({ p_id, p_name }, index) => (
					<BoundValues
						key={p_id}
						app={app}
						pId={p_id}
						pName={p_name}
						macAddr={macAddr}
						isFollowed={index < MAX_FOLLOWED}
					/>
				))}
				{device.bound_elsewhere > 0 && (
					<p class="devices-faint">{devices.others(device.bound_elsewhere)}</p>
				)}
			</section>
			<Features device={device} />
		</article>
	);
}

interface AboutProps extends Pick<DeviceDetailProps, "app"> {
	readonly device: CcmDevice;
	readonly put: (device: CcmDevice) => void;
}

function About({ app, device, put }: AboutProps) {
	const { devices } = texts.value;
	const ownPage = pageOf(device.device_webpage);
	const setupPage = pageOf(device.extra_setup_webpage);
	return (
		<section>
			<h2>{devices.about}</h2>
			<dl class="devices-about">
				<Line name={devices.id}>
					<code>{device.mac_addr}</code>
					<Button kind="quiet" icon="copy" onClick={() => void copyText(app, device.mac_addr)}>
						{devices.copy}
					</Button>
				</Line>
				<Line name={devices.model}>
					<ModelOf app={app} device={device} />
				</Line>
				<Line name={devices.owner}>
					<Owner {...{ app, device, put }} />
				</Line>
				{device.is_http && <Line name={devices.protocol}>{devices.overHttp}</Line>}
				{device.register_time > 0 && (
					<Line name={devices.registered}>{formatTime(device.register_time * 1000)}</Line>
				)}
				{(ownPage !== undefined || setupPage !== undefined) && (
					<Line name={devices.pages}>
						{ownPage !== undefined && <PageLink address={ownPage} text={devices.ownPage} />}
						{setupPage !== undefined && <PageLink address={setupPage} text={devices.setupPage} />}
					</Line>
				)}
			</dl>
		</section>
	);
}

function Line({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
	return (
		<div>
			<dt>{name}</dt>
			<dd>{children}</dd>
		</div>
	);
}

function PageLink({ address, text }: { readonly address: string; readonly text: string }) {
	return (
		<a href={address} target="_blank" rel="noreferrer noopener" title={address}>
			{text}
		</a>
	);
}

function Features({ device: { features } }: Pick<AboutProps, "device">) {
	const { devices } = texts.value;
	return (
		<section>
			<h2>{devices.features}</h2>
			{features.length === 0 ? (
				<p class="devices-faint">{devices.noFeatures}</p>
			) : (
				<ul class="devices-features">
					{features.map(({ df_name, df_type, param_no }) => (
						<li key={`${df_type} ${df_name}`} class={`devices-${df_type}`}>
							<span class="devices-name" title={df_name}>
								{df_name}
							</span>
							<span class="devices-faint">
								{devices[df_type]} · {devices.values(param_no)}
							</span>
						</li>
					))}
				</ul>
			)}
		</section>
	);
}
