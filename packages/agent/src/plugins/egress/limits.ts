// Owns the bounds of one plugin's way to the network. Refuses an unbounded anything: each has a
// default, and a caller may only set another one.

/** Bounds of one proxy, that is of one process of a plugin. */
export interface EgressLimits {
  /** Connections of the plugin that are open at once. */
  readonly connectionsMax: number;
  readonly tunnelsMax: number;
  readonly requestsMax: number;
  /** Until a request's head is there; also how long a connection may wait for its next one. */
  readonly headMsMax: number;
  /** Name, address and TLS together. */
  readonly connectMsMax: number;
  /** Nothing moves in either direction; also how long a host may think before it answers. */
  readonly idleMsMax: number;
  /** One request with its redirects, to the last byte. */
  readonly requestMsMax: number;
  readonly tunnelIdleMsMax: number;
  readonly headBytesMax: number;
  /** A body that is held to put secrets in, or to send it again after a redirect. */
  readonly heldBodyBytesMax: number;
  readonly requestBytesMax: number;
  /** After decompression. */
  readonly responseBytesMax: number;
  /** Both directions together. */
  readonly tunnelBytesMax: number;
  readonly redirectsMax: number;
}
