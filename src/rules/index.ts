import type { AnyRule } from '../model/finding.ts';
import { hostNetworkPrivilegedListener } from './host-network-privileged-listener.ts';
import { linuxCapabilities } from './linux-capabilities.ts';
import { privilegedHostPort } from './privileged-host-port.ts';

/** Every rule enforce knows, in the order it tells of them. A new rule is its file, its test and its line here. */
export const RULES: readonly AnyRule[] = [privilegedHostPort, linuxCapabilities, hostNetworkPrivilegedListener];
