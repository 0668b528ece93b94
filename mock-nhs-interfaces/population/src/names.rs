//! Names from the backgrounds that people in the UK have. Any likeness to somebody is chance.

/// Names that go together.
#[derive(Debug)]
pub(crate) struct Background {
    pub(crate) women: &'static [&'static str],
    pub(crate) men: &'static [&'static str],
    pub(crate) families: &'static [&'static str],
    /// Code and words of the language that some of them speak at home.
    pub(crate) language: Option<(&'static str, &'static str)>,
}

pub(crate) const BACKGROUNDS: &[Background] = &[
    Background {
        women: &[
            "Amelia",
            "Beryl",
            "Charlotte",
            "Dorothy",
            "Grace",
            "Hazel",
            "Maureen",
            "Poppy",
            "Sandra",
            "Tracey",
        ],
        men: &[
            "Alfie", "Barry", "Clive", "Darren", "Edward", "George", "Keith", "Nigel", "Oliver", "Trevor",
        ],
        families: &[
            "Ashworth",
            "Bickerstaff",
            "Cartwright",
            "Dunmore",
            "Fairclough",
            "Hollins",
            "Marlow",
            "Pickles",
            "Thackray",
            "Wetherby",
        ],
        language: None,
    },
    Background {
        women: &[
            "Angharad", "Bethan", "Carys", "Eleri", "Ffion", "Lowri", "Nerys", "Siân",
        ],
        men: &[
            "Aled", "Dafydd", "Emyr", "Gethin", "Huw", "Ieuan", "Llŷr", "Rhodri",
        ],
        families: &[
            "ap Gwilym",
            "Bevan",
            "Gwynne",
            "Llewellyn",
            "Prosser",
            "Pugh",
            "Vaughan",
        ],
        language: Some(("cy", "Welsh")),
    },
    Background {
        women: &["Ailsa", "Catriona", "Eilidh", "Fiona", "Isla", "Kirsty", "Mhairi"],
        men: &[
            "Alasdair", "Callum", "Dougal", "Fergus", "Hamish", "Lachlan", "Ruaridh",
        ],
        families: &[
            "Abernethy",
            "Buchan",
            "MacAskill",
            "McIlwraith",
            "MacLennan",
            "Ogilvie",
            "Strachan",
        ],
        language: None,
    },
    Background {
        women: &["Aoife", "Bríd", "Ciara", "Gráinne", "Niamh", "Róisín", "Sinéad"],
        men: &["Cathal", "Cormac", "Declan", "Eoin", "Fionn", "Pádraig", "Ruairí"],
        families: &[
            "Mac Giolla Phádraig",
            "McGrath",
            "Ó Súilleabháin",
            "O'Dowd",
            "O'Hagan",
            "O'Rourke",
            "Quigley",
        ],
        language: None,
    },
    Background {
        women: &[
            "Aisha", "Farzana", "Khadija", "Nasreen", "Rukhsana", "Saima", "Zainab",
        ],
        men: &["Adeel", "Bilal", "Faisal", "Imran", "Nadeem", "Tariq", "Yusuf"],
        families: &[
            "Akhtar", "Begum", "Chaudhry", "Hussain", "Iqbal", "Mahmood", "Qureshi",
        ],
        language: Some(("ur", "Urdu")),
    },
    Background {
        women: &["Amrit", "Harpreet", "Jaspreet", "Manjit", "Parminder", "Simran"],
        men: &["Baldev", "Gurpreet", "Harjit", "Inderjit", "Jagdeep", "Sukhdev"],
        families: &["Bains", "Dhaliwal", "Gill", "Kaur", "Sandhu", "Singh", "Virdee"],
        language: Some(("pa", "Panjabi")),
    },
    Background {
        women: &["Anjali", "Bhavna", "Deepika", "Hansa", "Meera", "Priya"],
        men: &["Amit", "Dinesh", "Haresh", "Kiran", "Nikhil", "Rajesh"],
        families: &["Desai", "Joshi", "Lakhani", "Mistry", "Patel", "Venkataraman"],
        language: Some(("gu", "Gujarati")),
    },
    Background {
        women: &["Abena", "Adaeze", "Chidinma", "Folasade", "Ngozi", "Yetunde"],
        men: &["Babatunde", "Chukwuemeka", "Emeka", "Kwame", "Oluwaseun", "Tunde"],
        families: &[
            "Adeyemi",
            "Boateng",
            "Mensah",
            "Nwachukwu",
            "Okonkwo",
            "Oyelaran-Whyte",
        ],
        language: Some(("yo", "Yoruba")),
    },
    Background {
        women: &["Chantelle", "Delroyce", "Marcia", "Precious", "Shanice"],
        men: &["Delroy", "Errol", "Leroy", "Marlon", "Winston"],
        families: &[
            "Blackwood",
            "Campbell-Reid",
            "Grant",
            "Lindo",
            "Palmer",
            "Sinclair",
        ],
        language: None,
    },
    Background {
        women: &["Agnieszka", "Elżbieta", "Małgorzata", "Zofia", "Żaneta"],
        men: &["Bartłomiej", "Krzysztof", "Łukasz", "Paweł", "Wojciech"],
        families: &[
            "Dąbrowski",
            "Kościński",
            "Nowak",
            "Szczęsny",
            "Wiśniewska",
            "Źrebiec",
        ],
        language: Some(("pl", "Polish")),
    },
    Background {
        women: &["Hui Min", "Mei Ling", "Siu Fong", "Wing Yan", "Xiaoyan"],
        men: &["Chi Ho", "Jun Jie", "Ka Wai", "Wei", "Zhiming"],
        families: &["Au Yeung", "Chan", "Lam", "Ng", "Wong", "Xu"],
        language: Some(("zh", "Chinese")),
    },
    Background {
        women: &["Ana", "Inês", "María José", "Beatriz", "Conceição"],
        men: &["João", "José", "Miguel Ángel", "Nuno", "Xavier"],
        families: &[
            "da Conceição Ferreira",
            "Gonçalves",
            "Muñoz",
            "Peña-Ibáñez",
            "Simões",
        ],
        language: Some(("pt", "Portuguese")),
    },
];
