/** An event without its id. */
export interface WireEvent {
  type: string;
  fields: object;
}
