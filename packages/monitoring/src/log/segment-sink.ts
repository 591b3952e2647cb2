/** Where a prediction log goes: segments, one after the other. */
export interface SegmentSink {
  /** Begins a segment; its name sorts after those before. */
  open(name: string): Promise<Segment>
}

/** A segment that is being written. Each method is called only when the one before has settled. */
export interface Segment {
  /** The bytes may be others as soon as it has settled. */
  write(bytes: Uint8Array): Promise<void>
  /** Makes what was written survive a power cut, where the sink can. */
  sync(): Promise<void>
  /** Ends the segment; afterwards it never changes. */
  close(): Promise<void>
}
