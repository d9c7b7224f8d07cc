/* global AudioWorkletProcessor, registerProcessor, sampleRate */

const SECONDS = 0.02;

/** Tells how loud its input is, fifty times a second, by the clock of the sound: a page that is busy hears it late, but
 * in its order among the microphone's frames. */
class LevelProcessor extends AudioWorkletProcessor {
  power = 0;
  samples = 0;

  process([channels]) {
    const [channel] = channels;
    if (channel) for (const sample of channel) this.power += sample * sample;
    this.samples += channel?.length ?? 128;
    if (this.samples >= SECONDS * sampleRate) {
      this.port.postMessage(this.power / this.samples);
      this.power = 0;
      this.samples = 0;
    }
    return true;
  }
}

registerProcessor("level", LevelProcessor);
