/** The works that the paper builds on, as data for the timeline of the field (paper, Fig. 1). @module */

/** One work: facts that a bibliography gives, and what it works on. */
export interface FieldEntry {
  /** Of publication. */
  readonly year: number;
  /** What the work is called for short. */
  readonly name: string;
  /** As a citation names them. */
  readonly authors: string;
  /** `image` stands for video frames, too. */
  readonly modalities: readonly ("text" | "image" | "audio")[];
  /** What the work gives to others. */
  readonly kind: "method" | "data set" | "encoder";
  /** Journal, conference or archive. */
  readonly venue: string;
  /** Without `https://doi.org/`; none where there is none. */
  readonly doi?: string;
  /** Its number in the paper's list of references; none for what the paper uses or names without one. */
  readonly reference?: number;
}

const all = ["text", "image", "audio"] as const;

/**
 * The methods and data sets in the paper's list of references, the encoders
 * and the speech corpus that it uses, the two of its baselines whose origin is
 * plain, and the paper itself; by year.
 *
 * Surveys are left out, and so are works whose modalities their titles and the
 * paper's words do not tell. The paper's other two corpora have no publication
 * that it names, and its MSFNet could be more than one work.
 */
export const fieldTimeline: readonly FieldEntry[] = [
  {
    year: 2008,
    name: "IEMOCAP",
    authors: "Busso et al.",
    modalities: all,
    kind: "data set",
    venue: "Lang. Resour. Eval. 42",
    doi: "10.1007/s10579-008-9076-6",
    reference: 20,
  },
  {
    year: 2016,
    name: "Naive Bayes, nearest neighbours on reviews",
    authors: "Dey et al.",
    modalities: ["text"],
    kind: "method",
    venue: "arXiv:1610.09982",
    reference: 1,
  },
  {
    year: 2016,
    name: "ResNet",
    authors: "He et al.",
    modalities: ["image"],
    kind: "encoder",
    venue: "CVPR",
    doi: "10.1109/CVPR.2016.90",
  },
  {
    year: 2016,
    name: "CMU-MOSI",
    authors: "Zadeh et al.",
    modalities: all,
    kind: "data set",
    venue: "arXiv:1606.06259",
    reference: 14,
  },
  {
    year: 2016,
    name: "Convolutional multiple kernel learning",
    authors: "Poria et al.",
    modalities: all,
    kind: "method",
    venue: "ICDM",
    reference: 24,
  },
  {
    year: 2017,
    name: "Support vector machine on tweets",
    authors: "Ahmad et al.",
    modalities: ["text"],
    kind: "method",
    venue: "Int. J. Comput. Appl. 177",
    reference: 2,
  },
  {
    year: 2017,
    name: "Convolutional network on tweets",
    authors: "Liao et al.",
    modalities: ["text"],
    kind: "method",
    venue: "Procedia Comput. Sci. 111",
    reference: 4,
  },
  {
    year: 2018,
    name: "RAVDESS",
    authors: "Livingstone and Russo",
    modalities: ["image", "audio"],
    kind: "data set",
    venue: "PLoS ONE 13",
    doi: "10.1371/journal.pone.0196391",
  },
  {
    year: 2018,
    name: "MELD",
    authors: "Poria et al.",
    modalities: all,
    kind: "data set",
    venue: "arXiv:1810.02508",
    reference: 28,
  },
  {
    year: 2018,
    name: "CMU-MOSEI, dynamic fusion graph",
    authors: "Zadeh et al.",
    modalities: all,
    kind: "data set",
    venue: "ACL",
    doi: "10.18653/v1/P18-1208",
    reference: 15,
  },
  {
    year: 2019,
    name: "BERT",
    authors: "Devlin et al.",
    modalities: ["text"],
    kind: "encoder",
    venue: "NAACL",
    doi: "10.18653/v1/N19-1423",
  },
  {
    year: 2019,
    name: "BERT for aspects",
    authors: "Hoang et al.",
    modalities: ["text"],
    kind: "method",
    venue: "NoDaLiDa",
    reference: 5,
  },
  {
    year: 2019,
    name: "Hierarchical networks for text and pictures",
    authors: "Chaudhuri",
    modalities: ["text", "image"],
    kind: "method",
    venue: "Springer",
    reference: 30,
  },
  {
    year: 2019,
    name: "UR-FUNNY",
    authors: "Hasan et al.",
    modalities: all,
    kind: "data set",
    venue: "arXiv:1904.06618",
    reference: 32,
  },
  {
    year: 2020,
    name: "wav2vec 2.0",
    authors: "Baevski et al.",
    modalities: ["audio"],
    kind: "encoder",
    venue: "NeurIPS",
  },
  {
    year: 2020,
    name: "Multi-view attentional network",
    authors: "Yang et al.",
    modalities: ["text", "image"],
    kind: "method",
    venue: "IEEE Trans. Multimed. 23",
    reference: 16,
  },
  {
    year: 2020,
    name: "Contextual inter-modal attention",
    authors: "Huddar et al.",
    modalities: all,
    kind: "method",
    venue: "Int. J. Multimed. Inf. Retr. 9",
    reference: 10,
  },
  {
    year: 2020,
    name: "TransModality",
    authors: "Wang et al.",
    modalities: all,
    kind: "method",
    venue: "The Web Conference",
    reference: 29,
  },
  {
    year: 2020,
    name: "Multimodal input for pretrained transformers",
    authors: "Rahman et al.",
    modalities: all,
    kind: "method",
    venue: "ACL",
    reference: 36,
  },
  {
    year: 2020,
    name: "MISA",
    authors: "Hazarika et al.",
    modalities: all,
    kind: "method",
    venue: "ACM Multimedia",
    doi: "10.1145/3394171.3413678",
  },
  {
    year: 2021,
    name: "CLIP",
    authors: "Radford et al.",
    modalities: ["text", "image"],
    kind: "encoder",
    venue: "ICML",
  },
  {
    year: 2022,
    name: "Transformers on social media",
    authors: "Kokab et al.",
    modalities: ["text"],
    kind: "method",
    venue: "Array 14",
    reference: 11,
  },
  {
    year: 2022,
    name: "CubeMLP",
    authors: "Sun et al.",
    modalities: all,
    kind: "method",
    venue: "ACM Multimedia",
    reference: 37,
  },
  {
    year: 2023,
    name: "Dual-stream CNN and transformer",
    authors: "Tellai et al.",
    modalities: ["audio"],
    kind: "method",
    venue: "Int. J. Speech Technol. 26",
    reference: 18,
  },
  {
    year: 2023,
    name: "CCTG-NET",
    authors: "Tellai and Mao",
    modalities: ["audio"],
    kind: "method",
    venue: "Int. J. Speech Technol. 26",
    reference: 19,
  },
  {
    year: 2023,
    name: "StyleBERT",
    authors: "Lin et al.",
    modalities: ["text", "audio"],
    kind: "method",
    venue: "Inf. Syst. 114",
    reference: 31,
  },
  {
    year: 2023,
    name: "Bimodal speech emotion recognition",
    authors: "Kakuba et al.",
    modalities: ["text", "audio"],
    kind: "method",
    venue: "IEEE Access 11",
    reference: 34,
  },
  {
    year: 2023,
    name: "Deep multi-level attentive network",
    authors: "Yadav and Vishwakarma",
    modalities: ["text", "image"],
    kind: "method",
    venue: "ACM Trans. Multimed. 19",
    reference: 17,
  },
  {
    year: 2024,
    name: "Conversational hierarchical attention",
    authors: "Tellai et al.",
    modalities: ["audio"],
    kind: "method",
    venue: "Multimed. Tools Appl. 83",
    reference: 21,
  },
  {
    year: 2024,
    name: "Cross-modal contrastive learning",
    authors: "Yang et al.",
    modalities: ["text", "image"],
    kind: "method",
    venue: "Appl. Intell. 54",
    reference: 25,
  },
  {
    year: 2025,
    name: "Robustness by foundation models",
    authors: "Zhao et al.",
    modalities: ["text", "image"],
    kind: "method",
    venue: "Expert Syst. Appl. 276",
    reference: 13,
  },
  {
    year: 2025,
    name: "Hierarchical attention, dual audio pathways",
    authors: "Vamsidhar et al.",
    modalities: all,
    kind: "method",
    venue: "Sci. Rep. 15",
    doi: "10.1038/s41598-025-09000-3",
  },
];
